// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

/**
 * What every page of the lab needs beside its own.
 *
 * @param stylesheet the address of the lab's style sheet
 * @param script the address of the lab's script, without which everything works too
 */
record PagePieces(String stylesheet, String script) {}
