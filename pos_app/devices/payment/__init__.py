"""Payment providers: WeChat Pay and Alipay as they are spoken to, and a simulator of both."""
