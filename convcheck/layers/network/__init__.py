"""What people call the settings of networks that they write by hand, and the checks that these are put through."""
