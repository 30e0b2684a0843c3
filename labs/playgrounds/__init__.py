"""Playgrounds of the notebooks: change something, see the consequence.

Each is a pure function from the settings to what is shown, and a list of controls; `widget.Playground` draws any of
them. In a printed notebook the same function shows the settings that a playground starts with.
"""
