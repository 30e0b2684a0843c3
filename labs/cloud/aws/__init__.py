"""Where moto differs from AWS: one module or package per service, each a subclass of moto's own backend.

`patches` lists them all and puts them in moto's place. A package reads alike everywhere: `responses` turns
requests into calls of the backend and shapes its answers, `model` is what is kept, `validation` what is
refused, `errors` in which words.
"""
