// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** A Lua script that Redis runs as one atomic step, called by its hash. */
final class Script {
  private final String text;
  private final String hash;

  private Script(String text) {
    this.text = text;
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      this.hash = HexFormat.of().formatHex(sha1.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Redis names scripts by SHA-1", e);
    }
  }

  /** The script in this package's resource of that name. */
  static Script named(String resource) {
    return new Script(bare(read(resource)));
  }

  /** The same, with another one in it where it says so. */
  static Script named(String resource, String part) {
    String place = "-- Here stands " + part + ".\n";
    String text = read(resource);
    if (!text.contains(place)) {
      throw new IllegalStateException(resource + " has no place for " + part);
    }
    return new Script(bare(text.replace(place, read(part))));
  }

  private static String read(String resource) {
    try (InputStream in = Script.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without what Redis need not read: in a pipeline the text is sent each time. */
  private static String bare(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.startsWith("--"))
        .collect(Collectors.joining("\n"));
  }

  /** Whether it answered 1. */
  boolean run(UnifiedJedis redis, List<String> keys, List<?> arguments) {
    return isOne(call(redis, keys, arguments));
  }

  /** What it answered. One round trip; two the first time after Redis has started. */
  Object call(UnifiedJedis redis, List<String> keys, List<?> arguments) {
    return Refusal.askAgainAfter(redis, () -> send(redis, keys, arguments));
  }

  private Object send(UnifiedJedis redis, List<String> keys, List<?> arguments) {
    try {
      return redis.executeCommand(answering(byHash(keys, arguments)));
    } catch (JedisNoScriptException e) {
      return redis.executeCommand(answering(byText(keys, arguments)));
    }
  }

  /**
   * A call among others. In a pipeline the text is sent each time: a script that Redis had
   * forgotten would otherwise run after those behind it.
   */
  Step step(List<String> keys, List<?> arguments) {
    return new Step(
        redis -> call(redis, keys, arguments),
        pipeline -> pipeline.executeCommand(answering(byText(keys, arguments))));
  }

  /**
   * A call behind a {@link #step} of this script in the same pipeline, which makes it known. Only
   * among what may be repeated: if Redis forgets it in between, this call and all that stand behind
   * it are run once more, in their order.
   */
  Step known(List<String> keys, List<?> arguments) {
    return new Step(
        redis -> call(redis, keys, arguments),
        pipeline -> pipeline.executeCommand(command(keys, arguments, true)));
  }

  /** A call for a pipeline; one that is not known must carry the text. */
  CommandObject<Object> command(List<String> keys, List<?> arguments, boolean isKnown) {
    return answering(isKnown ? byHash(keys, arguments) : byText(keys, arguments));
  }

  /** A call as a bare command, which a Redis that does not know the script refuses. */
  CommandArguments byHash(List<String> keys, List<?> arguments) {
    return command(Protocol.Command.EVALSHA, hash, keys, arguments);
  }

  /** A call as a bare command, which makes the script known. */
  CommandArguments byText(List<String> keys, List<?> arguments) {
    return command(Protocol.Command.EVAL, text, keys, arguments);
  }

  private static CommandArguments command(
      Protocol.Command command, String script, List<String> keys, List<?> arguments) {
    return new CommandArguments(command)
        .add(script)
        .add(keys.size())
        .keys(keys)
        .addObjects(arguments);
  }

  /** With text and numbers as they are in Java. */
  private static CommandObject<Object> answering(CommandArguments command) {
    return new CommandObject<>(command, BuilderFactory.AGGRESSIVE_ENCODED_OBJECT);
  }

  static boolean isOne(Object answer) {
    return Long.valueOf(1).equals(answer);
  }
}
