"""One update under the microscope, on the page Training."""
