"""The same tickets as other helpdesks than Zendesk would export them."""
