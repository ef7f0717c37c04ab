"""The Jupyter server extension: the stage page, the front end, samples."""
