"""The forms in which clients get objects and kinds: tables, metadata alone, discovery, OpenAPI.

Comes in: objects or kinds, and the form that the client accepts. Goes out: the document that is
sent to the client. It must not know how objects are written.

| module                       | what it is for                                               |
| ---------------------------- | ------------------------------------------------------------ |
| accept                       | reads the Accept header and chooses the form                 |
| representation               | the entry for objects: answers in the chosen form            |
| partial                      | objects that have only their metadata                        |
| tables, table_columns*, ages | tables, as `kubectl get` prints them                         |
| json_path                    | the columns of custom kinds                                  |
| discovery, versions, openapi | the documents that describe the kinds                        |
"""
