// One line per check: "ok name", or "not ok name: why"; the exit code says whether all held.
import assert from "node:assert/strict";

let broken = 0;

export async function check(name, holds) {
  try {
    await holds();
    console.log(`ok ${name}`);
  } catch (error) {
    broken += 1;
    process.exitCode = 1;
    console.log(`not ok ${name}: ${told(error)}`);
  }
}

// What *asked* was refused with; an answer instead of a refusal fails the check.
export async function refused(asked) {
  try {
    await asked;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return error;
  }
  return assert.fail("was not refused");
}

// What people do in the twin at *url*: atTheScreen("name", {…}); the pace of its clock: atTheScreen.clock(0).
export function doors(url) {
  const knock = async (path, told = {}) => {
    const answer = await fetch(`${url}/${path}`, { method: "POST", body: JSON.stringify(told) });
    assert.equal(answer.status, 200, path);
    return (await answer.json()).answer;
  };
  const atTheScreen = (name, told) => knock(`at-the-screen/${name}`, told);
  atTheScreen.clock = (step) => knock(`clock/${step}`);
  return atTheScreen;
}

export function finish() {
  console.log(broken ? `${broken} checks did not hold` : "all checks hold");
  // Clients keep connections and timers open; nothing is waited for any more.
  process.exit(broken ? 1 : 0);
}

function told(error) {
  const said = String(error?.message ?? error).replace(/\s+/g, " ");
  const more = error?.data ? ` ${JSON.stringify(error.data)}` : "";
  return (said.split(" Headers: ")[0] + more).slice(0, 800);
}
