// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.FlashMapManager;

/** Spring MVC would ask every request for its HttpSession, for messages that are shown once. */
final class NoFlashMaps implements FlashMapManager {
  @Override
  public FlashMap retrieveAndUpdate(HttpServletRequest request, HttpServletResponse response) {
    return null;
  }

  @Override
  public void saveOutputFlashMap(
      FlashMap messages, HttpServletRequest request, HttpServletResponse response) {}
}
