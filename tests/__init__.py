"""A package, so that flask-websub's, which is installed under the same name, does not hide it."""
