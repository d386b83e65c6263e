"""What SQL does not reach: fits, forecasts and queues, as functions over columns."""
