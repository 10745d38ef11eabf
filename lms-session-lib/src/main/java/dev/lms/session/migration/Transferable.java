// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import dev.lms.session.SessionStore;

/** A {@link SessionStore} that sessions can be moved out of, and into, while workers use it. */
public interface Transferable {
  /** {@return what moves sessions out of this store, and into it} */
  Transfer transfer();
}
