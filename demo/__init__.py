"""A whole festival in a few minutes, told through the public addresses of a running portal."""
