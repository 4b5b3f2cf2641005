package dev.reprise.lineage;

import dev.reprise.runtime.operation.Place;
import java.util.Objects;

/**
 * What a script calls a constant: a note for people, never part of a key.
 *
 * @param name the variable or parameter
 * @param place where the script assigns it; may be null
 */
public record LiteralName(String name, Place place) {
  public LiteralName {
    Objects.requireNonNull(name);
  }

  /** The name with its place, as in {@code lr at lm.dml:41}. */
  @Override
  public String toString() {
    return place == null ? name : name + " at " + place.text();
  }
}
