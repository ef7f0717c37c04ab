"""Screen and sound: the widget and its built front end."""
