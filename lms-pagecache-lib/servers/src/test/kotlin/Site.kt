// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package consumer

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import dev.lms.pagecache.Asker
import dev.lms.pagecache.PageCache
import dev.lms.pagecache.PageRule
import dev.lms.pagecache.httpserver.PageCacheFilter
import dev.lms.pagecache.local.LocalPageStore
import dev.lms.session.KeyRing
import dev.lms.session.Principal
import dev.lms.session.SessionSettings
import dev.lms.session.Sessions
import dev.lms.session.httpserver.SessionFilter
import dev.lms.session.memory.MemorySessionStore
import java.net.InetSocketAddress
import java.time.Duration
import java.util.Optional
import kotlin.jvm.optionals.getOrNull

fun person(exchange: HttpExchange): Principal? = SessionFilter.session(exchange).principal().getOrNull()

fun site(): HttpServer {
  val keys = KeyRing.of("a secret for tests, long enough 0001")
  val sessions = Sessions.of(MemorySessionStore.open(keys), keys, SessionSettings.plainHttp())
  val pages =
      PageCacheFilter.builder(
              PageCache.of(LocalPageStore(1 shl 20)),
              { Optional.of(PageRule.shared(Duration.ofSeconds(90))) },
              { person(it)?.let { who -> Asker(who.id, who.roles) } ?: Asker.ANONYMOUS })
          .personalReads { SessionFilter.session(it).uses() }
          .hole("name") { person(it)?.id ?: "nobody" }
          .build()
  val server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0)
  val context = server.createContext("/") { exchange ->
    val body = "Hello ${PageCacheFilter.hole(exchange, "name")}".toByteArray()
    exchange.sendResponseHeaders(200, body.size.toLong())
    exchange.responseBody.use { it.write(body) }
  }
  context.filters.add(SessionFilter(sessions))
  context.filters.add(pages)
  return server
}
