"""The words and figures that every report shares."""
