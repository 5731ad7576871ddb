// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

@main
struct LMS {
    static func main() {}
}
