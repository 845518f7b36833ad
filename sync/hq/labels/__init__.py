"""Scale labels (电子秤条码): the layouts that a chain's scales print, imported and published."""
