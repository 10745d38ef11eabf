// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring Session as its filter for HTTP uses it, with its defaults: Java serialization, one hash
 * (in a database, a row for each attribute), written at the end of the request. Its listener for
 * expired keys is left out.
 */
final class SpringSessions<S extends Session> {
  private static final Clock CLOCK = Clock.systemUTC();

  private static final String PERSON = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

  private final SessionRepository<S> repository;

  private SpringSessions(SessionRepository<S> repository) {
    this.repository = repository;
  }

  /** Without an index of people. */
  static SpringSessions<?> basic(RedisConnectionFactory redis, String namespace, Duration life) {
    RedisSessionRepository repository = new RedisSessionRepository(template(redis));
    repository.setRedisKeyNamespace(namespace);
    repository.setDefaultMaxInactiveInterval(life);
    return new SpringSessions<>(repository);
  }

  /** With an index of people. */
  static SpringSessions<?> indexed(RedisConnectionFactory redis, String namespace, Duration life) {
    RedisIndexedSessionRepository repository = new RedisIndexedSessionRepository(template(redis));
    repository.setRedisKeyNamespace(namespace);
    repository.setDefaultMaxInactiveInterval(life);
    return new SpringSessions<>(repository);
  }

  /** With an index of people, in tables of this database, which must be there. */
  static SpringSessions<?> inDatabase(DataSource source, Duration life) {
    JdbcIndexedSessionRepository repository =
        new JdbcIndexedSessionRepository(
            new JdbcTemplate(source),
            new TransactionTemplate(new DataSourceTransactionManager(source)));
    repository.setDefaultMaxInactiveInterval(life);
    return new SpringSessions<>(repository);
  }

  private static RedisTemplate<String, Object> template(RedisConnectionFactory redis) {
    RedisTemplate<String, Object> template = new RedisTemplate<>();
    template.setKeySerializer(RedisSerializer.string());
    template.setHashKeySerializer(RedisSerializer.string());
    template.setConnectionFactory(redis);
    template.afterPropertiesSet();
    return template;
  }

  /** A session of this person with the sample's attributes. */
  String create(String person) {
    S session = repository.createSession();
    session.setAttribute(PERSON, person);
    Sample.ATTRIBUTES.forEach(session::setAttribute);
    repository.save(session);
    return session.getId();
  }

  /** A whole read-only request: found, marked as accessed, looked at, saved. */
  long read(String id) {
    S session = repository.findById(id);
    if (session == null) {
      throw new IllegalStateException("no session " + id + " was found");
    }
    session.setLastAccessedTime(CLOCK.instant());
    long characters = text(session, PERSON).length();
    for (String name : Sample.NAMES) {
      characters += text(session, name).length();
    }
    repository.save(session);
    return Sample.checked(characters);
  }

  /** A request that reads an attribute and sets it to one more. */
  long change(String id) {
    S session = repository.findById(id);
    if (session == null) {
      throw new IllegalStateException("no session " + id + " was found");
    }
    session.setLastAccessedTime(CLOCK.instant());
    long read = Long.parseLong(text(session, Sample.COUNTER));
    session.setAttribute(Sample.COUNTER, Long.toString(read + 1));
    repository.save(session);
    return read;
  }

  private static String text(Session session, String name) {
    return session.<String>getRequiredAttribute(name);
  }
}
