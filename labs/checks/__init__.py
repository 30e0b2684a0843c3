"""Named checks of each lab step, with hints and solutions, in two languages."""
