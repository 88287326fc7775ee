//! Programs to read and to run: see the folders beside this one.
