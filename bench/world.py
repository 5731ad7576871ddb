# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Data for the measurements: courses, learners who are enrolled, and the names that PostgreSQL knows a tenant by."""

import uuid

from lms import Client, Platform, schema_suffix

PASSWORD = "correct horse battery staple"


class World:
    def __init__(self, platform: Platform, courses: int, learners: int, lessons: int):
        self.platform = platform
        tenant = platform.sql("select id from control.tenants where slug = 'acme'")[0][0]
        suffix = schema_suffix(tenant)
        self.schema = f"t_{suffix}"
        roles = platform.sql(f"select rolname from pg_roles where rolname like '%\\_t\\_{suffix}'", "postgres")
        self.role = roles[0][0]
        teacher = Client(platform.port, "acme")
        teacher.sign_in(*platform.login("acme", "instructor"))
        self.courses: list[str] = []
        self.lessons: dict[str, list[str]] = {}
        for number in range(courses):
            course = teacher.expect(201, "POST", "/api/v1/courses", {"title": f"Measured course {number}"})["id"]
            module = teacher.expect(201, "POST", f"/api/v1/courses/{course}/modules", {"title": "Module"})["id"]
            self.lessons[course] = [
                teacher.expect(
                    201, "POST", f"/api/v1/courses/{course}/modules/{module}/lessons",
                    {"title": f"Lesson {index}", "type": "reading"},
                )["id"]
                for index in range(lessons)
            ]
            teacher.expect(200, "POST", f"/api/v1/courses/{course}/publish")
            self.courses.append(course)
        self.learners: list[dict] = []
        for _ in range(learners):
            client = Client(platform.port, "acme")
            email = f"{uuid.uuid4().hex}@learners.example"
            client.expect(201, "POST", "/api/v1/auth/register", {"email": email, "password": PASSWORD, "displayName": "A Learner"})
            client.sign_in(email, PASSWORD)
            identifier = client.expect(200, "GET", "/api/v1/auth/me")["sub"]
            enrollments = {
                course: client.expect(201, "POST", "/api/v1/enrollments", {"courseId": course})["id"]
                for course in self.courses[:1]
            }
            self.learners.append({"token": client.token, "id": identifier, "enrollments": enrollments})
            client.close()
