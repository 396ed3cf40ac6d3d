"""One function per deed, by subject. Actions flush; views and jobs commit."""
