"""FrenchBakery: the four small services that the course builds, ships and runs on AWS."""
