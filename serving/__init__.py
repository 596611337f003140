"""What stands between the network and the pages: settings, static files, headers."""
