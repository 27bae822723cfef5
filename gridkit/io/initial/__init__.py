"""The first look at a folder of files: what they are, which project they make, and the text of its project file."""
