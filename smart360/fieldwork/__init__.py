"""Field work: service orders, the technicians who carry them out, and their days."""
