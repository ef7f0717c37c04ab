// Names of sounds as data: the synthesisers inside the player, and packs of Strudel's that need the network.
import { BANK_ALIASES, DRUM_ALIASES, KIT_NAMES } from "../kit/names.js";

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** Synthesised inside the player. */
export const SYNTHS = words(`
  triangle square sawtooth sine user one tri sqr saw sin sbd supersaw pulse bytebeat bus
  white pink brown crackle zzfx z_sine z_sawtooth z_triangle z_square z_tan z_noise`);

/** Everything that sounds with no network. */
export const OFFLINE: ReadonlySet<string> = new Set([...SYNTHS, ...KIT_NAMES, ...Object.keys(DRUM_ALIASES)]);

/** Drum machines, and the short name each also goes by. */
export const BANKS: ReadonlyMap<string, string> = new Map(
  Object.entries(BANK_ALIASES).map(([short, bank]) => [bank, short]),
);

const DIRT = `
  808 808bd 808cy 808hc 808ht 808lc 808lt 808mc 808mt 808oh 808sd 909 ab ade ades2 ades3 ades4 alex alphabet
  amencutup armora arp arpy auto baa baa2 bass bass0 bass1 bass2 bass3 bassdm bassfoo battles bd bend bev bin
  birds birds3 bleep blip blue bottle breaks125 breaks152 breaks157 breaks165 breath bubble can casio cb cc
  chin circus clak click clubkick co coins control cosmicg cp cr crow d db diphone diphone2 dist dork2 dorkbot
  dr dr2 dr55 dr_few drum drumtraks e east electro1 em2 erk f feel feelfx fest fire flick fm foo future gab
  gabba gabbaloud gabbalouder glasstap glitch glitch2 gretsch gtr h hand hardcore hardkick haw hc hh hh27 hit
  hmm ho hoover house ht if ifdrums incoming industrial insect invaders jazz jungbass jungle juno jvbass kicklinn
  koy kurt latibro led less lighter linnhats lt made made2 mash mash2 metal miniyeah monsterb moog mouth mp3
  msg mt mute newnotes noise noise2 notes num numbers oc odx off outdoor pad padlong pebbles perc peri pluck
  popkick print proc procshort psr rave rave2 ravemono realclaps reverbkick rm rs sax sd seawolf sequential sf
  sheffield short sid sine sitar sn space speakspell speech speechless speedupdown stab stomp subroc3d sugar
  sundance tabla tabla2 tablex tacscan tech techno tink tok toys trump ul ulgab uxay v voodoo wind wobble
  world xmas yeah`;

const VCSL = `
  agogo anvil balafon balafon_hard balafon_soft ballwhistle bassdrum1 bassdrum2 belltree bongo brakedrum cabasa
  cajon clap clash clash2 clave clavisynth conga cowbell dantranh dantranh_tremolo dantranh_vibrato darbuka
  didgeridoo fingercymbal flexatone fmpiano folkharp framedrum glockenspiel gong gong2 guiro gtr handbells
  handchimes harmonica harmonica_soft harmonica_vib harp hihat kalimba kalimba2 kalimba3 kalimba4 kalimba5
  kawai marimba marktrees mridangam_ardha ocarina ocarina_small ocarina_small_stacc ocarina_vib oceandrum
  organ_4inch organ_8inch organ_full piano piano1 pipeorgan_loud pipeorgan_loud_pedal pipeorgan_quiet
  pipeorgan_quiet_pedal psaltery_bow psaltery_pluck psaltery_spiccato ratchet recorder_alto_stacc
  recorder_alto_sus recorder_alto_vib recorder_bass_stacc recorder_bass_sus recorder_bass_vib
  recorder_soprano_stacc recorder_soprano_sus recorder_tenor_stacc recorder_tenor_sus recorder_tenor_vib
  sax sax_stacc sax_vib saxello saxello_stacc saxello_vib shaker_large shaker_small siren slapstick sleighbells
  slitdrum snare_hi snare_low snare_modern snare_rim steinway stomp strumstick super64 super64_acc
  super64_vib sus_cymbal sus_cymbal2 tambourine tambourine2 timpani timpani2 timpani_roll tom2_mallet tom2_stick
  tom_mallet tom_rim tom_stick trainwhistle triangles tubularbells tubularbells2 vibraphone vibraphone_bowed
  vibraphone_soft vibraslap wineglass wineglass_slow woodblock xylophone_hard_ff xylophone_hard_pp
  xylophone_medium_ff xylophone_medium_pp xylophone_soft_ff xylophone_soft_pp`;

const MRIDANGAM = `
  mridangam_ardha mridangam_chaapu mridangam_dhi mridangam_dhin mridangam_dhum mridangam_gumki mridangam_ka
  mridangam_ki mridangam_na mridangam_nam mridangam_ta mridangam_tha mridangam_thom`;

const SOUNDFONTS = `
  gm_piano gm_epiano1 gm_epiano2 gm_harpsichord gm_clavinet gm_celesta gm_glockenspiel gm_music_box gm_vibraphone
  gm_marimba gm_xylophone gm_tubular_bells gm_dulcimer gm_drawbar_organ gm_percussive_organ gm_rock_organ
  gm_church_organ gm_reed_organ gm_accordion gm_harmonica gm_bandoneon gm_acoustic_guitar_nylon
  gm_acoustic_guitar_steel gm_electric_guitar_jazz gm_electric_guitar_clean gm_electric_guitar_muted
  gm_overdriven_guitar gm_distortion_guitar gm_guitar_harmonics gm_acoustic_bass gm_electric_bass_finger
  gm_electric_bass_pick gm_fretless_bass gm_slap_bass_1 gm_slap_bass_2 gm_synth_bass_1 gm_synth_bass_2 gm_violin
  gm_viola gm_cello gm_contrabass gm_tremolo_strings gm_pizzicato_strings gm_orchestral_harp gm_timpani
  gm_string_ensemble_1 gm_string_ensemble_2 gm_synth_strings_1 gm_synth_strings_2 gm_choir_aahs gm_voice_oohs
  gm_synth_choir gm_orchestra_hit gm_trumpet gm_trombone gm_tuba gm_muted_trumpet gm_french_horn gm_brass_section
  gm_synth_brass_1 gm_synth_brass_2 gm_soprano_sax gm_alto_sax gm_tenor_sax gm_baritone_sax gm_oboe
  gm_english_horn gm_bassoon gm_clarinet gm_piccolo gm_flute gm_recorder gm_pan_flute gm_blown_bottle
  gm_shakuhachi gm_whistle gm_ocarina gm_lead_1_square gm_lead_2_sawtooth gm_lead_3_calliope gm_lead_4_chiff
  gm_lead_5_charang gm_lead_6_voice gm_lead_7_fifths gm_lead_8_bass_lead gm_pad_new_age gm_pad_warm gm_pad_poly
  gm_pad_choir gm_pad_bowed gm_pad_metallic gm_pad_halo gm_pad_sweep gm_fx_rain gm_fx_soundtrack gm_fx_crystal
  gm_fx_atmosphere gm_fx_brightness gm_fx_goblins gm_fx_echoes gm_fx_sci_fi gm_sitar gm_banjo gm_shamisen
  gm_koto gm_kalimba gm_bagpipe gm_fiddle gm_shanai gm_tinkle_bell gm_agogo gm_steel_drums gm_woodblock
  gm_taiko_drum gm_melodic_tom gm_synth_drum gm_reverse_cymbal gm_guitar_fret_noise gm_breath_noise
  gm_seashore gm_bird_tweet gm_telephone gm_helicopter gm_applause gm_gunshot`;

const SINGING = `
  wt_dbass wt_digital wt_digital_bad_day wt_digital_basique wt_digital_crickets wt_digital_curses
  wt_digital_echoes wt_digital_squelch wt_vgame`;

/** Known by name, but their recordings come from the network. */
export const DOWNLOADS: ReadonlySet<string> = new Set(
  words(`${DIRT} ${VCSL} ${MRIDANGAM} ${SOUNDFONTS} ${SINGING}`).filter((name) => !OFFLINE.has(name)),
);

/** Banks that are families of wavetables: any name after them is taken as known. */
export const OPEN_PREFIXES = ["wt_"];
