"""The paper's figures for the sizes of a spec: windows on an image, an entry as a sum, and which terms are wrong."""
