"""What people do in the browser, where no wire leads."""
