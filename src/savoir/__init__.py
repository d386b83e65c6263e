"""SAVoir: customer-service KPIs from raw exports."""
