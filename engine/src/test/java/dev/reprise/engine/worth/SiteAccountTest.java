package dev.reprise.engine.worth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SiteAccountTest {
  private static final long ALLOWANCE = 500_000;
  private static final long TRUSTED = 4;
  private static final long SHARE = 64;

  @Test
  void whatTakesLongForItsBytesIsAlwaysKept() {
    SiteAccount account = SiteAccount.ofInstruction();
    for (int i = 0; i < 100_000; i++) {
      assertThat(account.pays(1_000_000, 15_600)).isTrue();
    }
  }

  @Test
  void whatIsCheapForItsBytesIsKeptUntilTrustAndAllowanceAreSpent() {
    SiteAccount account = SiteAccount.ofInstruction();
    // 100 us each; every execution brings 100 ns, the first one four times 6,400 ns.
    int kept = 0;
    for (int i = 0; i < 100; i++) {
      kept += account.pays(6_400, 100_000) ? 1 : 0;
    }
    assertThat(kept).isEqualTo(5);
    assertThat(account.pays(6_400, 100_000)).isFalse();
    assertThat(account.pays(6_400, 1_000)).isTrue();
  }

  @Test
  void aValueThatWasFoundPaysForTheNext() {
    SiteAccount account = SiteAccount.ofInstruction();
    while (account.pays(20_000, 100_000)) {
      // Until nothing is left.
    }
    assertThat(account.canPay(20_000, 100_000)).isFalse();
    for (int i = 0; i < 5; i++) {
      account.credit(20_000).found();
    }
    assertThat(account.canPay(20_000, 100_000)).isTrue();
    assertThat(account.pays(20_000, 100_000)).isTrue();
  }

  @Test
  void trustFollowsTheLargestExecution() {
    SiteAccount account = SiteAccount.ofInstruction();
    while (account.pays(2_000, 100_000)) {
      // Until nothing is left.
    }
    int kept = 0;
    for (int i = 0; i < 100; i++) {
      kept += account.pays(2_000_000, 1_000_000) ? 1 : 0;
    }
    // Four times 2 ms in advance and 31 us each time, at 1 ms.
    assertThat(kept).isBetween(10, 12);
  }

  @Test
  void aBlockIsTrustedLessThanACallAndACallLessThanAnInstruction() {
    assertThat(keptOf(SiteAccount.ofInstruction())).isEqualTo(2000);
    // Four executions in advance, or one, half a millisecond, and 25 us each time, at 100 us.
    assertThat(keptOf(SiteAccount.ofFunction(4))).isEqualTo(761);
    assertThat(keptOf(SiteAccount.ofBlock(4))).isEqualTo(569);
  }

  /** How many of 2,000 values of 64 ns per byte are kept. */
  private static int keptOf(SiteAccount account) {
    int kept = 0;
    for (int i = 0; i < 2000; i++) {
      kept += account.pays(6_400_000, 100_000) ? 1 : 0;
    }
    return kept;
  }

  @Test
  void keepingNeverCostsMoreThanWasSavedAndGranted() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      SiteAccount account = SiteAccount.ofInstruction();
      double income = ALLOWANCE;
      double spent = 0;
      double most = 0;
      for (int i = 0; i < 500; i++) {
        double work = Math.exp(random.nextDouble() * 14);
        long bytes = (long) Math.exp(random.nextDouble() * 14);
        income += work / SHARE;
        most = Math.max(most, work);
        if (account.pays(work, bytes)) {
          spent += SiteAccount.KEEPING_NANOS_PER_BYTE * bytes;
        }
        if (random.nextInt(20) == 0) {
          account.saves(work);
          income += work;
        }
        assertThat(spent).describedAs("seed %s", seed).isLessThan(income + TRUSTED * most + 501);
      }
    }
  }

  @Test
  void workersThatShareAnAccountSpendNoMoreThanOne() throws Exception {
    SiteAccount account = SiteAccount.ofInstruction();
    AtomicLong kept = new AtomicLong();
    CountDownLatch start = new CountDownLatch(1);
    Thread[] workers = new Thread[4];
    for (int w = 0; w < workers.length; w++) {
      workers[w] =
          new Thread(() -> {
            try {
              start.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            for (int i = 0; i < 10_000; i++) {
              if (account.pays(6_400, 100_000)) {
                kept.incrementAndGet();
              }
            }
          });
      workers[w].start();
    }
    start.countDown();
    for (Thread worker : workers) {
      worker.join();
    }
    // 40,000 executions bring 100 ns each, whoever came first.
    long all = ALLOWANCE + TRUSTED * 6_400 + 40_000 * 100;
    assertThat(kept.get()).isEqualTo(all / 100_000);
  }
}
