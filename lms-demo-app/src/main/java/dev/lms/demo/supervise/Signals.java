// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Signals that operators send to programs of this kind: SIGHUP, to begin again, and SIGUSR1, to say
 * more. The JDK has them in a class that the compiler warns of, and in no other; so it is looked up
 * by name.
 */
public final class Signals {
  private Signals() {}

  /**
   * Runs this on each signal of a kind, on a thread of the JVM's.
   *
   * @param name without {@code SIG}
   * @return false where there are no such signals
   */
  @SuppressWarnings("ReferenceEquality") // A proxy is equal to itself.
  public static boolean handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                  return null;
                }
                return switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> arguments != null && self == arguments[0];
                  default -> "on SIG" + name;
                };
              });
      Object kind = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, kind, proxy);
      return true;
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      return false;
    }
  }
}
