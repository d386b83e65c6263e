"""Mutation testing of the SQL: does a test notice when a rule is changed a little?"""
