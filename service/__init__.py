"""The shell: load, admit, append, project, answer."""
