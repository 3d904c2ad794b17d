"""The source ``dgacm``: the machine-readable resolutions of the United Nations."""
