// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package consumer

import dev.lms.pagecache.Asker
import dev.lms.pagecache.PageRule
import dev.lms.session.Session
import dev.lms.session.Sessions
import dev.lms.session.httpserver.SessionFilter
import dev.lms.session.memory.MemorySessionStore
import java.time.Duration

fun attributes(session: Session, theme: String?) {
  session.set("theme", theme) // refused
  session.set("theme", theme ?: "light")
}

fun cookies(sessions: Sessions, lines: List<String>?): Session = sessions.open(lines)

fun who(id: String?): Asker = Asker.person(id) // refused

fun rule(ttl: Duration?): PageRule = PageRule.shared(ttl) // refused

fun store(): MemorySessionStore = MemorySessionStore.open(null) // refused

fun filter(): SessionFilter = SessionFilter(null) // refused
