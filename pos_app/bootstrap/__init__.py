"""The one place that joins the parts of a register: files, services, devices, sync agent, window."""
