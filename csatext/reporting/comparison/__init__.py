"""Two runs compared: the verb, its page, its workbook."""
