// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Requests as browsers, tools and proxies send them, made from parts so that they need no storage.
enum Corpus {
    private static let targets = [
        "/", "/api/v1/courses?limit=20&cursor=eyJrIjoxfQ", "/api/v1/courses/0190c3f5-7b2a-7c3d-9e4f-0123456789ab",
        "/search?q=%D9%85%D8%B1%D8%AD%D8%A8%D8%A7&page=2", "/a/b/c/d/e?x[]=1&y={z}|w", "http://acme.localhost:8080/x?y",
        "/.well-known/jwks.json", "//double//slash", "/;params=1/x;y", "/?",
    ]

    private static let heads = [
        "Host: acme.localhost:8080\r\n",
        "Host: acme.localhost\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n",
        """
        Host: acme.example.org\r\nConnection: keep-alive\r\nsec-ch-ua: "Chromium";v="131", "Not_A Brand";v="24"\r\n\
        sec-ch-ua-mobile: ?0\r\nUpgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) \
        AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36\r\nAccept: text/html,application/xml;q=0.9\r\n\
        Accept-Encoding: gzip, deflate, br\r\nAccept-Language: ar,en;q=0.8\r\nCookie: session=abc; theme=dark\r\n
        """,
        "host:[::1]:8443\r\nauthorization:Bearer eyJhbGciOiJFZERTQSJ9.e30.c2ln\r\nx-tenant-id: globex\r\n",
        "HOST: 10.0.0.1\r\nX-Forwarded-For: 203.0.113.7, 10.0.0.9\r\nForwarded: for=203.0.113.7;proto=https\r\nVia: 1.1 nginx\r\n",
        "A:\r\nB: \t \r\nHost: \t h \t\r\nC: \u{E9}\u{4E2D}\r\n",
        "Host: h\r\nConnection: close, x\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
    ]

    private static let bodies = [
        "\r\n",
        "Content-Length: 0\r\n\r\n",
        "Content-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"title\":\"Swift\",\"price\":1}",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=b\r\n \r\n5\r\nworld\r\n0\r\nChecksum: x\r\n\r\n",
        "Expect: 100-continue\r\nTransfer-Encoding: Chunked\r\n\r\n00009\r\n\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
    ]

    /// 350 requests, each complete and valid.
    static let requests: [[UInt8]] = {
        var requests: [[UInt8]] = []
        for (position, target) in targets.enumerated() {
            for (offset, head) in heads.enumerated() {
                for (index, body) in bodies.enumerated() {
                    let method =
                        index < 2
                        ? ["GET", "HEAD", "DELETE"][(position + offset) % 3] : ["POST", "PUT", "PATCH"][offset % 3]
                    let front = (position + offset) % 5 == 0 ? "\r\n" : ""
                    requests.append(Array("\(front)\(method) \(target) HTTP/1.1\r\n\(head)\(body)".utf8))
                }
            }
        }
        return requests
    }()
}
