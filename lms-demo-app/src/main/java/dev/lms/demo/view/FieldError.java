// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

/**
 * What is wrong with a field of a form.
 *
 * @param field its name, which is also the id of its control
 * @param message a sentence for the person who filled it in
 */
public record FieldError(String field, String message) {}
