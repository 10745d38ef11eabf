// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;

/** Spring Session with its defaults, step by step what its filter for HTTP does. */
final class SpringRedisSessions<S extends Session> implements SessionPeer {
  private static final Clock CLOCK = Clock.systemUTC();

  private final JedisConnectionFactory connections;
  private final SessionRepository<S> repository;

  private SpringRedisSessions(JedisConnectionFactory connections, SessionRepository<S> repository) {
    this.connections = connections;
    this.repository = repository;
  }

  static SpringRedisSessions<?> of(String url) {
    URI redis = URI.create(url);
    JedisConnectionFactory connections =
        new JedisConnectionFactory(
            new RedisStandaloneConfiguration(redis.getHost(), redis.getPort()));
    connections.afterPropertiesSet();
    connections.start();
    RedisTemplate<String, Object> template = new RedisTemplate<>();
    template.setKeySerializer(RedisSerializer.string());
    template.setHashKeySerializer(RedisSerializer.string());
    template.setConnectionFactory(connections);
    template.afterPropertiesSet();
    return new SpringRedisSessions<>(connections, new RedisSessionRepository(template));
  }

  @Override
  public String begin() {
    S session = repository.createSession();
    session.setAttribute(PERSON, "student7");
    repository.save(session);
    return session.getId();
  }

  @Override
  public Visit open(String id) {
    @Nullable S session = repository.findById(id);
    if (session != null) {
      session.setLastAccessedTime(CLOCK.instant());
    }
    return new Request<>(repository, session);
  }

  private static final class Request<S extends Session> implements Visit {
    private final SessionRepository<S> repository;
    private @Nullable S session;

    Request(SessionRepository<S> repository, @Nullable S session) {
      this.repository = repository;
      this.session = session;
    }

    private S found() {
      if (session == null) {
        throw new IllegalStateException("no session was found");
      }
      return session;
    }

    @Override
    public boolean exists() {
      return session != null;
    }

    @Override
    public Optional<String> get(String name) {
      return Optional.ofNullable(found().getAttribute(name));
    }

    @Override
    public void set(String name, String value) {
      found().setAttribute(name, value);
    }

    @Override
    public void count(String name) {
      set(name, Long.toString(1 + get(name).map(Long::parseLong).orElse(0L)));
    }

    @Override
    public void end() {
      repository.deleteById(found().getId());
      session = null;
    }

    @Override
    public void finish() {
      if (session != null) {
        repository.save(session);
      }
    }
  }

  @Override
  public void close() {
    connections.destroy();
  }
}
