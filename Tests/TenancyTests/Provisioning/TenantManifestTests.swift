// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@Suite struct TenantManifestTests {
    @Test func `a complete manifest is read`() throws {
        let manifest = try TenantManifest(
            Array(
                #"""
                {"slug":"acme","name":"Acme","domains":["learn.acme.example"],
                 "settings":{"locale":"es","selfRegistration":false},
                 "people":[{"email":"owner@acme.example","name":"Owner","role":"owner"}]}
                """#.utf8
            ),
            file: "tenants/acme/tenant.json"
        )
        #expect(manifest.slug.description == "acme")
        #expect(manifest.settings.locale == "es")
        #expect(!manifest.settings.selfRegistration)
        #expect(manifest.people.map(\.role) == ["owner"])
    }

    @Test(arguments: [
        (#"{"#, "", "not valid JSON"),
        (#"[]"#, "", "write an object"),
        (#"{"name":"Acme"}"#, "slug", "is missing"),
        (#"{"slug":"Acme!","name":"Acme"}"#, "slug", "lower-case"),
        (#"{"slug":"acme","name":7}"#, "name", "text in quotes"),
        (#"{"slug":"acme","name":"Acme","colour":"red"}"#, "colour", "unknown field"),
        (#"{"slug":"acme","name":"Acme","settings":{"locale":"tlh"}}"#, "settings.locale", "en, es or ar"),
        (#"{"slug":"acme","name":"Acme","settings":{"canary":"yes"}}"#, "settings.canary", "true or false"),
        (#"{"slug":"acme","name":"Acme","domains":["ACME.example"]}"#, "domains", "lower case"),
        (
            #"{"slug":"acme","name":"Acme","people":[{"email":"a@b.c","name":"A","role":"god"}]}"#, "people[0].role",
            "use one of"
        ),
        (#"{"slug":"acme","name":"Acme","people":[{"email":"a@b.c","role":"owner"}]}"#, "people[0].name", "is missing"),
    ])
    func `a mistake is named with its file and its path`(text: String, field: String, message: String) throws {
        let error = #expect(throws: ManifestError.self) {
            try TenantManifest(Array(text.utf8), file: "tenants/acme/tenant.json")
        }
        #expect(error?.field == field)
        #expect(error?.message.contains(message) == true)
        #expect(error?.description.hasPrefix("tenants/acme/tenant.json: ") == true)
    }
}
