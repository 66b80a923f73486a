"""What the start page, the search and the profile show, across apps."""
