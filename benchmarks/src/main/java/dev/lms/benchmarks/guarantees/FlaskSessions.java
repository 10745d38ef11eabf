// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.RedisClient;

/**
 * Sessions of a site on Flask, over HTTP. Each request waits in its handler, with the session that
 * it has read, until this one says what to do.
 */
final class FlaskSessions implements SessionPeer {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Gson GSON = new Gson();

  private final FlaskSite site;
  private final RedisClient redis;

  /** Requests that came for a look only: they hold a worker until somebody lets them go. */
  private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();

  FlaskSessions(FlaskSite site, RedisClient redis) {
    this.site = site;
    this.redis = redis;
  }

  @Override
  public String begin() throws Exception {
    letGo();
    return site.signIn("student7");
  }

  @Override
  public Visit open(String id) {
    String visit = UUID.randomUUID().toString();
    CompletableFuture<String> answer =
        site.client().begin("POST", site.url("/meet/" + visit), FlaskSite.COOKIE, id);
    List<String> here = redis.blpop((int) PATIENCE.toSeconds(), "here:" + visit);
    if (here == null) {
      throw new IllegalStateException("the request did not reach its handler");
    }
    Map<String, String> seen = GSON.fromJson(here.get(1), new TypeToken<Map<String, String>>() {});
    Request request = new Request("told:" + visit, seen, answer);
    waiting.add(request);
    return request;
  }

  private final class Request implements Visit {
    private final String told;
    private final Map<String, String> seen;
    private final CompletableFuture<String> answer;
    private final List<List<String>> steps = new ArrayList<>();

    Request(String told, Map<String, String> seen, CompletableFuture<String> answer) {
      this.told = told;
      this.seen = seen;
      this.answer = answer;
    }

    @Override
    public boolean exists() {
      return !seen.isEmpty();
    }

    @Override
    public Optional<String> get(String name) {
      return Optional.ofNullable(seen.get(name));
    }

    @Override
    public void set(String name, String value) {
      steps.add(List.of("set", name, value));
    }

    @Override
    public void count(String name) {
      steps.add(List.of("count", name, ""));
    }

    @Override
    public void end() {
      steps.add(List.of("end", "", ""));
    }

    @Override
    public void finish() throws Exception {
      waiting.remove(this);
      redis.rpush(told, GSON.toJson(steps));
      try {
        answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        throw new IllegalStateException(String.valueOf(e.getCause()), e);
      }
    }
  }

  private void letGo() throws Exception {
    for (Request request : List.copyOf(waiting)) {
      request.finish();
    }
  }

  @Override
  public void close() throws Exception {
    letGo();
    redis.close();
  }
}
