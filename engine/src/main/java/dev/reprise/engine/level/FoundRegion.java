package dev.reprise.engine.level;

import dev.reprise.engine.check.ReuseVerifier;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.region.Composite;
import dev.reprise.engine.region.Footprint;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.report.Counters;
import dev.reprise.engine.timeline.EventKind;
import dev.reprise.engine.timeline.Track;
import dev.reprise.lineage.HistoryTemplate;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;

/**
 * What an earlier execution left, in place of the one that was about to begin. Owned by the control
 * thread that asked.
 *
 * @param key of the composite
 * @param template says what the history of its outputs is here; null where it is the same
 * @param recalled its key in the experiment store; null when it was found in memory
 */
record FoundRegion(
    Request request, Key key, Composite composite, HistoryTemplate template, Key recalled) {

  boolean isOfThisHistory() {
    return template == null;
  }

  boolean isRecalled() {
    return recalled != null;
  }

  /** How many outputs are bound. */
  int boundOutputs() {
    return Math.min(request.wanted(), composite.parts().length);
  }

  /**
   * False when a function that it called means something else now, or when a variable has a value
   * now that the execution began without and did not give one: it may have left it alone or cleared
   * it.
   *
   * @param called gets what the execution had called
   */
  boolean fits(Footprint called) {
    if (!composite.isOf(request.context().run.callees(), called)) {
      return false;
    }
    Composite.Part[] parts = composite.parts();
    int[] outputs = request.region().outputs();
    for (int i = 0; i < parts.length; i++) {
      if (parts[i] == Composite.NoValue.ABSENT && request.activation().values[outputs[i]] != null) {
        return false;
      }
    }
    return true;
  }

  /**
   * The items of the outputs: of an execution on other inputs made of the ones here.
   *
   * @param items that the execution gave them
   */
  LineageItem[] histories(LineageItem[] items) {
    if (isOfThisHistory()) {
      return items;
    }
    LineageItem[] all = template.over(request.inputs(), request.context().scope);
    request.activation().addItems(template.size());
    LineageItem[] histories = items.clone();
    for (int i = 0; i < items.length; i++) {
      if (!(composite.parts()[i] instanceof Composite.Input) && items[i] != null) {
        histories[i] = all[i];
      }
    }
    return histories;
  }

  /**
   * Tells the values how they came to be, and the verifier what stands for what.
   *
   * @param verifier or null
   */
  void noteItems(
      ReuseVerifier verifier, Value[] values, LineageItem[] items, LineageItem[] histories) {
    for (int i = 0; i < values.length; i++) {
      if (verifier != null && histories[i] != items[i]) {
        verifier.standsFor(histories[i], items[i]);
      }
      Restoration.note(values[i], histories[i]);
    }
    if (verifier != null && isRecalled()) {
      noteRewritten(verifier, values, histories);
    }
  }

  /** Another process may have put values together from parts, or made them of such values. */
  private static void noteRewritten(ReuseVerifier verifier, Value[] values, LineageItem[] items) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        verifier.rewrote(items[i]);
      }
    }
  }

  /**
   * Leaves variables, seeds, work and the footprint as the execution would have, and notes what was
   * saved.
   *
   * @param values by output, null for those without a value; the activation takes the references
   * @param called what the execution had called
   */
  void bind(Value[] values, LineageItem[] histories, Footprint called) {
    Activation activation = request.activation();
    Region region = request.region();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        activation.bind(region.outputs()[i], values[i], histories[i]);
      } else if (composite.parts()[i] == Composite.NoValue.CLEARED) {
        activation.clear(region.outputs()[i]);
      }
    }
    ControlContext context = request.context();
    context.seeds.skip(composite.seeds());
    context.work += composite.work();
    noteSaved();
    region.learn(composite.work());
    if (context.footprint != null) {
      context.footprint.add(called);
    }
  }

  private void noteSaved() {
    if (!isOfThisHistory()) {
      request.account().savesByContent(composite.work());
      return;
    }
    request.account().saves(composite.work());
    if (request.context().carried.anyCarried(request.inputs())) {
      request.account().asking().carriedCameAgain();
    }
  }

  /** Counts the hit. */
  void countIn(Counters counters) {
    Counters.Level level = counters.levels(request.region().level());
    level.hit(composite.costNanos());
    if (!isOfThisHistory()) {
      level.byContents++;
    }
    Track track = counters.track;
    if (track != null) {
      EventKind kind = isOfThisHistory() ? EventKind.REGION_HIT : EventKind.CONTENT_HIT;
      track.moment(kind, request.label(track), 0);
    }
  }
}
